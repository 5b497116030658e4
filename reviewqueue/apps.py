from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "reviewqueue"

    def ready(self) -> None:
        from reviewqueue import wiring

        wiring.connect()
