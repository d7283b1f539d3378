"""The reference model in PyTorch, with the parameter names that Surprisal writes."""

from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, embed, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embed)
        self.rnn = nn.RNN(embed, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, vocabulary)

    def forward(self, tokens, state):
        """From tokens [B, T] and state [1, B, H] to logits [B * T, V] and the state after them."""
        hidden, state = self.rnn(self.embedding(tokens), state)
        return self.linear(hidden).flatten(0, 1), state
