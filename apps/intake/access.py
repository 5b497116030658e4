from apps.errors import NotFound
from apps.intake.models import Item


def access_item(source: str, external_id: str) -> Item:
    """The item a program names; every key with the door's scope may see every item."""
    item = Item.objects.filter(source=source, external_id=external_id).first()
    if item is None:
        raise NotFound("No such item has been sent.")
    return item
