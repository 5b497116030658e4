from apps.accounts.models import Role
from apps.errors import NotFound
from apps.trends.models import SpikeAlert

WATCHES = (Role.SUPERVISOR, Role.ADMIN)


def access_alert(alert_id: int) -> SpikeAlert:
    alert = SpikeAlert.objects.select_related("seen_by").filter(pk=alert_id).first()
    if alert is None:
        raise NotFound("There is no alert with this number.")
    return alert
