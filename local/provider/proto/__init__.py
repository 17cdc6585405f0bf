"""The engine's protocol, as the Pulumi SDK has it: its generated modules, without the SDK itself.

``import pulumi.runtime.proto`` runs all of ``pulumi`` first, which is a third of this process's start.
"""

from importlib.util import find_spec

_sdk = find_spec("pulumi")
__path__ = [f"{folder}/runtime/proto" for folder in (_sdk and _sdk.submodule_search_locations) or ()]
