"""A container behind a load balancer."""

import json

import pulumi_aws as aws

repository = aws.ecr.Repository("containers", image_scanning_configuration={"scan_on_push": True})
cluster = aws.ecs.Cluster("containers", settings=[{"name": "containerInsights", "value": "enabled"}])
balancer = aws.lb.LoadBalancer(
    "containers", load_balancer_type="application", subnets=["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
)
targets = aws.lb.TargetGroup(
    "containers", port=80, protocol="HTTP", target_type="ip", vpc_id="vpc-0a1b2c3d4e5f6a7b8"
)
listener = aws.lb.Listener(
    "containers",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
task = aws.ecs.TaskDefinition(
    "containers",
    family="containers",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    container_definitions=repository.repository_url.apply(
        lambda url: json.dumps(
            [{"name": "app", "image": f"{url}:1", "portMappings": [{"containerPort": 80}]}]
        )
    ),
)
aws.ecs.Service(
    "containers",
    cluster=cluster.arn,
    desired_count=3,
    launch_type="FARGATE",
    task_definition=task.arn,
    network_configuration={"assign_public_ip": True, "subnets": ["subnet-0a1b2c3d"]},
    load_balancers=[{"target_group_arn": targets.arn, "container_name": "app", "container_port": 80}],
)
