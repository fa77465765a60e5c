"""Handing mailings to Braze: plan, stage, dispatch, recover."""
