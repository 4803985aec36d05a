"""Whatever a hand can type stays words, wherever it is shown; whatever it sends is answered."""
