"""What is measured, by the names of measure/Operation.java.

Each takes a peer's name, a case and a device, and returns the work to time; it refuses what the peer does
not do. A set of operands is made anew for each copy.
"""

from operations import adam, cross_entropy, embedding, products, projected_loss, recurrent, training_step

OPERATIONS = {
    "adam": adam.step,
    "cross_entropy": cross_entropy.forward_backward,
    "embedding": embedding.forward,
    "embedding_backward": embedding.backward,
    "projected_cross_entropy": projected_loss.forward_backward,
    "projection_products": products.three,
    "rnn_forward": recurrent.forward,
    "rnn_training": recurrent.forward_backward,
    "training_step": training_step.step,
}
