-- What lies in a box is found without looking at every order: a city has a hundred thousand.

CREATE INDEX orders_by_place ON orders (lat, long) WHERE lat IS NOT NULL;
