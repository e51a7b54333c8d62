"""Recurrent layers with PyTorch's interface: LSTM with its variants, GRU and RNN."""
