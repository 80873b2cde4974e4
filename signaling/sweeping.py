"""What only time ends; run by every media node and by beat, and harmless to run twice."""

from signaling import placing, presence, recordings, tickets


def sweep() -> None:
    """End the leases of members and nodes, spent tickets, and closings that no node will finish."""
    presence.sweep()
    placing.sweep_nodes()
    tickets.forget_expired()
    for room_id in placing.closing_rooms(None):
        recordings.finish(room_id, None)
