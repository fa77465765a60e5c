"""What a draft held before: kept while people edit it, shown, and brought back."""
