"""The email of an API-triggered campaign, until the sandbox is told another one."""

from __future__ import annotations

DEFAULT_SUBJECT = (
    "{% if api_trigger_properties.${subject_text} %}{{api_trigger_properties.${subject_text}}}"
    "{% else %}{{api_trigger_properties.${subject} | default: 'News for you'}}{% endif %}"
)
DEFAULT_PLAINTEXT = (
    "Hello {{${first_name} | default: 'there'}},\n\n{{api_trigger_properties.${headline_text}}}\n\n"
    "Unsubscribe: {{${set_user_to_unsubscribed_url}}}\n"
)
DEFAULT_BODY = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Message</title></head>
<body style="margin:0;background:#f3f1ec;font-family:Georgia,serif;color:#2b2622">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
<td align="center" style="padding:32px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff">
<tr><td style="background:#1f4d3f;color:#ffffff;padding:20px 32px;font-size:14px;letter-spacing:.08em">\
{{api_trigger_properties.${brand_name} | default: 'SANDBOX BRAND'}}</td></tr>
{% if api_trigger_properties.${hero_url} %}<tr><td><img src="{{api_trigger_properties.${hero_url}}}" \
alt="{{api_trigger_properties.${hero_alt}}}" width="600" style="display:block;width:100%"></td></tr>{% endif %}
<tr><td style="padding:32px">
<p style="margin:0 0 16px">Hello {{${first_name} | default: 'there' | escape}},</p>
<h1 style="margin:0 0 16px;font-size:28px;line-height:1.25">\
{{api_trigger_properties.${headline} | default: 'News for you'}}</h1>
{% if api_trigger_properties.${body_html} %}<div style="line-height:1.6">{{api_trigger_properties.${body_html}}}</div>\
{% elsif api_trigger_properties.${body} %}<p style="line-height:1.6">{{api_trigger_properties.${body}}}</p>{% endif %}
{% if api_trigger_properties.${cta_url} %}<p style="margin:24px 0"><a href="{{api_trigger_properties.${cta_url}}}" \
style="background:#1f4d3f;color:#ffffff;padding:12px 24px;text-decoration:none">\
{{api_trigger_properties.${cta_text} | default: 'Read more'}}</a></p>{% endif %}
</td></tr>
<tr><td style="padding:0 32px 24px;font:12px/1.6 monospace;color:#6d6560">
{% for pair in api_trigger_properties %}{% unless pair[0] contains '_text' or pair[0] contains '_html' %}\
{{ pair[0] | escape }}: {{ pair[1] | escape | truncate: 120 }}<br>{% endunless %}{% endfor %}
</td></tr>
<tr><td style="padding:16px 32px;background:#f9f7f3;font-size:12px;color:#6d6560">\
{{api_trigger_properties.${address}}}
<a href="{{${set_user_to_unsubscribed_url}}}" style="color:#6d6560">Unsubscribe</a></td></tr>
</table></td></tr></table>
</body>
</html>
"""
