"""Age of the moon in days, good to half a day between 1950 and 2050."""
import math

SYNODIC = 29.530588853
NEW_MOON_2000 = 2451550.09766


def julian_day(year, month, day):
    if month <= 2:
        year, month = year - 1, month + 12
    century = year // 100
    gregorian = 2 - century + century // 4
    return math.floor(365.25 * (year + 4716)) + math.floor(30.6001 * (month + 1)) + day + gregorian - 1524.5


def moon_age(year, month, day):
    return (julian_day(year, month, day) - NEW_MOON_2000) % SYNODIC


def phase_word(age):
    words = ["new", "waxing crescent", "first quarter", "waxing gibbous",
             "full", "waning gibbous", "last quarter", "waning crescent"]
    return words[int(age / SYNODIC * 8 + 0.5) % 8]


if __name__ == "__main__":
    print(phase_word(moon_age(1999, 8, 11)))
