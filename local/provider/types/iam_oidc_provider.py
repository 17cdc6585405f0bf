"""aws.iam.OpenIdConnectProvider."""

from __future__ import annotations

from local.provider.declared import Details
from local.provider.scalars import Text
from local.provider.session import Session
from local.provider.structures import from_tags
from local.provider.types.iam_part import IamResource, first_tags, if_there, patiently, retag
from local.provider.values import Props


class Url(Text):
    """A provider's URL; IAM gives it back without the scheme."""

    __slots__ = ()

    def equal(self, old: str, new: str) -> bool:
        return old.removeprefix("https://") == new.removeprefix("https://")


class OpenIdConnectProvider(IamResource):
    """An identity provider whose tokens the account trusts, as CI systems have them."""

    token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"  # noqa: S105
    title = "IAM OIDC Provider"
    details = Details(replaces="url", unordered="clientIdLists thumbprintLists", forms={"url": Url})

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        prints = {"ThumbprintList": inputs["thumbprintLists"]} if inputs.get("thumbprintLists") else {}
        arguments = {**prints, "Url": inputs["url"], "ClientIDList": inputs["clientIdLists"]}
        arguments.update(first_tags(session, inputs))
        made = patiently(session, lambda: iam.create_open_id_connect_provider(**arguments))
        return str(made["OpenIDConnectProviderArn"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        iam, key = self.iam(session), {"OpenIDConnectProviderArn": identity}
        before, wanted = {*(old.get("clientIdLists") or [])}, {*new["clientIdLists"]}
        for client in sorted(wanted - before):
            iam.add_client_id_to_open_id_connect_provider(**key, ClientID=client)
        for client in sorted(before - wanted):
            iam.remove_client_id_from_open_id_connect_provider(**key, ClientID=client)
        prints = new.get("thumbprintLists")
        if prints and not self.same("thumbprintLists", old, new):
            iam.update_open_id_connect_provider_thumbprint(**key, ThumbprintList=prints)
        retag(session, "open_id_connect_provider", key, old, new)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=identity))
        if answer is None:
            return None
        return {
            "arn": identity,
            "clientIdLists": sorted(answer.get("ClientIDList") or []),
            "tags": from_tags(answer.get("Tags")),
            "thumbprintLists": list(answer.get("ThumbprintList") or []),
            "url": str(answer["Url"]).removeprefix("https://"),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        iam = self.iam(session)
        if_there(lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=identity))
