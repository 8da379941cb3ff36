"""What the model sees of a flight, in training and in serving alike."""

MONTHS = range(1, 9)
FILLED = ("temperature", "humidity", "wind_speed", "precipitation", "visibility", "pressure")
STORMY_PRESSURE = 1015  # millibars
FOGGY_VISIBILITY = 5  # miles


def terms(row: dict, fill: dict) -> dict:
    """The terms that are not zero, by name. `row`: the inputs by name; `fill`: what stands for a missing measurement."""
    hour = row["departure_minute"] / 60
    carrier, origin, pressure = row["carrier"], row["origin"], row["pressure"]
    found = {
        f"carrier={carrier}": 1.0,
        f"origin={origin}": 1.0,
        f"day_of_week={row['day_of_week']}": 1.0,
        "departure_hour": hour,
        "departure_hour^2": hour * hour,
        "departure_hour^3": hour * hour * hour,
        # delays pile up over the day, at some carriers and airports more than at others
        f"departure_hour where carrier={carrier}": hour,
        f"departure_hour where origin={origin}": hour,
        "distance": row["distance"],
    }
    for name in FILLED:
        found[name] = fill[name] if row[name] is None else row[name]
    found["temperature^2"] = found["temperature"] * found["temperature"]
    found["humidity^2"] = found["humidity"] * found["humidity"]
    if found["precipitation"] > 0:
        found["rain"] = 1.0
        found["departure_hour where rain"] = hour
    if found["visibility"] < FOGGY_VISIBILITY:
        found["fog"] = 1.0
    if pressure is None:
        found["pressure is missing"] = 1.0
        found["departure_hour where pressure is missing"] = hour
    elif pressure < STORMY_PRESSURE:
        found["low_pressure"] = STORMY_PRESSURE - pressure
    return found
