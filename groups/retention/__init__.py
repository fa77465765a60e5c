"""How long things are kept: rules that rooms register, a number of days each, and the night that applies them."""
