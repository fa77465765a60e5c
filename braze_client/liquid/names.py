"""The names that Braze's references know (contract, section 17)."""

from __future__ import annotations

STANDARD_ATTRIBUTES = frozenset(
    {
        "first_name",
        "last_name",
        "email_address",
        "city",
        "country",
        "date_of_birth",
        "gender",
        "language",
        "last_used_app_date",
        "most_recent_locale",
        "phone_number",
        "time_zone",
        "user_id",
        "braze_id",
        "random_bucket_number",
    }
)
"""Names that `{{${name}}}` knows (contract section 17); they differ from the field names of users.track."""

SUBSCRIPTION_URLS = frozenset(
    {
        "set_user_to_unsubscribed_url",
        "unsubscribe_url",
        "set_user_to_subscribed_url",
        "set_user_to_opted_in_url",
        "set_user_to_one_click_list_unsubscribe",
    }
)

REFERENCE_ROOTS = frozenset({"custom_attribute", "api_trigger_properties", "campaign", "subscribed_state"})
