"""The demo: two brands, their groups, people, templates, pictures and a small audience; real rows, made by services."""
