// The part of an OpenAPI 2 description that the reference shows.

interface Shape {
  type?: string;
  format?: string;
  $ref?: string;
  items?: Shape;
  enum?: string[];
  description?: string;
  title?: string;
}

interface Parameter extends Shape {
  name: string;
  in: string;
  required?: boolean;
  schema?: Shape;
}

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  operationId?: string;
  parameters?: Parameter[];
  responses?: Record<string, { schema?: Shape }>;
}

interface Definition extends Shape {
  properties?: Record<string, Shape>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  definitions: Record<string, Definition>;
}

/** One value in a call or a message. */
export interface Entry {
  name: string;
  place: string;
  type: string;
  meaning: string;
  required: boolean;
}

/** One call of the contract. */
export interface Call {
  id: string;
  service: string;
  method: string;
  path: string;
  summary: string;
  parameters: Entry[];
  body: Entry[];
  answer: Entry[];
}

/** Reads the description that the server gives at its stable address. */
export async function readCalls(signal: AbortSignal): Promise<Call[]> {
  const response = await fetch("/openapi.json", { signal });
  const description = (await response.json()) as Description;
  const calls: Call[] = [];
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) calls.push(callOf(description, path, method, operation));
  }
  return calls.sort((a, b) => a.service.localeCompare(b.service) || a.path.localeCompare(b.path));
}

function callOf(d: Description, path: string, method: string, o: Operation): Call {
  const all = o.parameters ?? [];
  const body = all.find((p) => p.in === "body")?.schema;
  return {
    id: o.operationId ?? `${method} ${path}`,
    service: o.tags?.[0] ?? "",
    method: method.toUpperCase(),
    path,
    summary: [o.summary, o.description].filter(Boolean).join(" "),
    parameters: all
      .filter((p) => p.in !== "body")
      .map((p) => ({ name: p.name, place: p.in, type: typeOf(p), meaning: p.description ?? "", required: p.required ?? false })),
    body: entriesOf(d, body),
    answer: entriesOf(d, o.responses?.["200"]?.schema),
  };
}

function entriesOf(d: Description, shape: Shape | undefined): Entry[] {
  const own = shape?.$ref ? d.definitions[nameOf(shape.$ref)] : (shape as Definition | undefined);
  return Object.entries(own?.properties ?? {}).map(([name, p]) => ({
    name,
    place: "",
    type: typeOf(p),
    meaning: [p.title, p.description].filter(Boolean).join(" "),
    required: false,
  }));
}

function typeOf(s: Shape): string {
  if (s.$ref) return nameOf(s.$ref);
  if (s.type === "array") return `${typeOf(s.items ?? {})}[]`;
  if (s.enum) return s.enum.join(" | ");
  return s.format ? `${s.type} (${s.format})` : (s.type ?? "object");
}

function nameOf(reference: string): string {
  return reference.replace("#/definitions/", "");
}
