"""`manage.py doctor`: looks at a deployment and says in sentences what is wrong and what to do."""
