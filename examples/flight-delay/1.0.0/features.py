"""What the model sees of a flight, in training and in serving alike."""

MONTHS = range(1, 4)
FILLED = ("temperature", "humidity", "wind_speed", "precipitation", "visibility", "pressure")


def terms(row: dict, fill: dict) -> dict:
    """The terms that are not zero, by name. `row`: the inputs by name; `fill`: what stands for a missing measurement."""
    found = {
        f"carrier={row['carrier']}": 1.0,
        f"origin={row['origin']}": 1.0,
        "departure_hour": row["departure_minute"] / 60,
        "distance": row["distance"],
    }
    for name in FILLED:
        found[name] = fill[name] if row[name] is None else row[name]
    return found
