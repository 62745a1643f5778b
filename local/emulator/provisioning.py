"""Hooks on what the emulator's CloudFormation does for a resource type."""
from ministack.services.cloudformation import provisioners


def after_provisioning(resource_type: str, settle) -> None:
    """Calls settle(physical_id, properties) when a resource of the type has been created or updated."""
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handlers["create"], handlers["update"]

    def create_settled(logical_id, properties, *rest, **options):
        result = create(logical_id, properties, *rest, **options)
        settle(result[0], properties)
        return result

    def update_settled(physical_id, old_properties, properties, *rest, **options):
        result = update(physical_id, old_properties, properties, *rest, **options)
        settle(result[0], properties)
        return result

    handlers.update(create=create_settled, update=update_settled)


def is_true(value) -> bool:
    """CloudFormation writes booleans as booleans or as text."""
    return str(value).lower() == "true"
