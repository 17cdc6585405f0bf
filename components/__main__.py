"""The Pulumi package: PrivateBucket for programs in every Pulumi language (`pulumi package add`)."""

from importlib.metadata import version

from pulumi.provider.experimental import component_provider_host

from components.private_bucket import PrivateBucket

if __name__ == "__main__":
    component_provider_host([PrivateBucket], name="s3-perimeter", version=version("s3-perimeter"))
