"""Pulumi's language host for YAML programs, which a Pulumi CLI built from its module does not bring along."""

from __future__ import annotations

from local import programs

HOST = programs.pinned(
    __file__,
    "github.com/pulumi/pulumi-yaml",
    what="Pulumi's YAML language host",
    name="pulumi-language-yaml",
    packages=600,
    takes="about a minute and a half",
)
