"""A Kubernetes cluster with one group of nodes."""

import json

import pulumi
import pulumi_aws as aws


def role(name: str, service: str, *policies: str) -> aws.iam.Role:
    """A role that a service takes on."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    made = aws.iam.Role(
        name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    for policy in policies:
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}", role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}"
        )
    return made


cluster = aws.eks.Cluster(
    "kubernetes",
    role_arn=role("kubernetes-cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy").arn,
    version="1.33",
    vpc_config={"subnet_ids": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"], "public_access_cidrs": ["0.0.0.0/0"]},
)
aws.eks.NodeGroup(
    "kubernetes",
    cluster_name=cluster.name,
    node_role_arn=role("kubernetes-nodes", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy").arn,
    subnet_ids=cluster.vpc_config.subnet_ids,
    instance_types=["t4g.medium"],
    scaling_config={"desired_size": 2, "max_size": 3, "min_size": 1},
)
pulumi.export("kubernetesEndpoint", cluster.endpoint)
