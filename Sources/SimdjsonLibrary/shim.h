/* simdjson is C++ and is reached through CSimdjson only. */
