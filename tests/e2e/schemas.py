"""Random JSON Schemas of draft 2020-12 and instances near to them, for comparing engines. No `format`: it asserts here and is a
comment elsewhere; patterns mean the same in Python and ECMAScript; numbers are such that binary fractions are exact."""

WORDS = ["a", "b", "c", "ab", "x-1", "name", "ä", ""]
PATTERNS = ["^a", "b$", "^x-", "[0-9]", "^.{2}$", "a|c", "^$"]
NUMBERS = [-2, -1, 0, 1, 2, 3, 1.0, 1.5, 0.5, -0.25, 10, 1e2, 2**53, 0.0]


def instance(random, depth=3):
    kind = random.randrange(9 if depth > 0 else 5)
    if kind == 0:
        return random.choice([True, False, None])
    if kind in (1, 2):
        return random.choice(NUMBERS)
    if kind in (3, 4):
        return random.choice(WORDS)
    if kind in (5, 6):
        return [instance(random, depth - 1) for _ in range(random.randrange(4))]
    return {random.choice(WORDS): instance(random, depth - 1) for _ in range(random.randrange(4))}


class Maker:
    """Makes one schema: `$defs` that its parts refer to, by pointer, by anchor, by dynamic anchor."""

    def __init__(self, random):
        self.random = random
        self.names = ["d0", "d1", "d2"]

    def make(self):
        whole = self.schema(3)
        if not isinstance(whole, dict):
            whole = {"allOf": [whole]}
        # What refers to a definition goes into the instance first, or further down the list, so that nothing leads back to itself.
        whole["$defs"] = {name: self.definition(i) for i, name in enumerate(self.names)}
        if self.random.random() < 0.3:
            whole["$id"] = "https://example.com/whole"
        if self.random.random() < 0.3:
            whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        return whole

    def definition(self, number):
        self.names, names = self.names[number + 1:], self.names
        made = self.schema(2)
        self.names = names
        if isinstance(made, dict):
            made["$anchor" if self.random.random() < 0.5 else "$dynamicAnchor"] = f"anchor{number}"
        return made

    def schema(self, depth):
        if depth == 0 or self.random.random() < 0.08:
            return self.random.choice([True, True, True, False])
        made = {}
        for _ in range(self.random.choice([1, 1, 2, 2, 3, 4])):
            self.add_keyword(made, depth - 1)
        return made

    def schemas(self, depth):
        return [self.schema(depth) for _ in range(self.random.randrange(1, 4))]

    def properties(self, depth, names=WORDS):
        return {self.random.choice(names): self.schema(depth) for _ in range(self.random.randrange(1, 4))}

    def add_keyword(self, made, depth):
        random = self.random
        types = ["null", "boolean", "integer", "number", "string", "array", "object"]
        keywords = {
            "type": lambda: random.choice([random.choice(types), random.sample(types, random.randrange(1, 4))]),
            "enum": lambda: [instance(random, 2) for _ in range(random.randrange(1, 5))],
            "const": lambda: instance(random, 2),
            "minimum": lambda: random.choice(NUMBERS),
            "maximum": lambda: random.choice(NUMBERS),
            "exclusiveMinimum": lambda: random.choice(NUMBERS),
            "exclusiveMaximum": lambda: random.choice(NUMBERS),
            "multipleOf": lambda: random.choice([1, 2, 3, 0.5, 0.25, 1.5]),
            "minLength": lambda: random.randrange(4),
            "maxLength": lambda: random.choice([0, 1, 2, 3.0]),
            "pattern": lambda: random.choice(PATTERNS),
            "minItems": lambda: random.randrange(3),
            "maxItems": lambda: random.randrange(4),
            "uniqueItems": lambda: random.choice([True, True, False]),
            "minContains": lambda: random.randrange(3),
            "maxContains": lambda: random.randrange(3),
            "contains": lambda: self.schema(depth),
            "prefixItems": lambda: self.schemas(depth),
            "items": lambda: self.schema(depth),
            "unevaluatedItems": lambda: self.schema(depth),
            "properties": lambda: self.properties(depth),
            "patternProperties": lambda: self.properties(depth, PATTERNS),
            "additionalProperties": lambda: self.schema(depth),
            "propertyNames": lambda: self.schema(depth),
            "unevaluatedProperties": lambda: self.schema(depth),
            "required": lambda: sorted(set(random.choices(WORDS, k=random.randrange(3)))),
            "minProperties": lambda: random.randrange(3),
            "maxProperties": lambda: random.randrange(4),
            "dependentRequired": lambda: {random.choice(WORDS): sorted(set(random.choices(WORDS, k=random.randrange(3))))},
            "dependentSchemas": lambda: self.properties(depth),
            "allOf": lambda: self.schemas(depth),
            "anyOf": lambda: self.schemas(depth),
            "oneOf": lambda: self.schemas(depth),
            "not": lambda: self.schema(depth),
        }
        name = random.choice([*keywords, "if", "$ref", "allOf", "anyOf", "properties", "unevaluatedProperties", "unevaluatedItems"])
        if name == "if":
            made["if"] = self.schema(depth)
            made["then"] = self.schema(depth)
            if random.random() < 0.7:
                made["else"] = self.schema(depth)
        elif name == "$ref":
            if self.names:
                made["$ref"] = f"#/$defs/{random.choice(self.names)}"
        else:
            made[name] = keywords[name]()
