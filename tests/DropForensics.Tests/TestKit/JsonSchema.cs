using System.Text.Json;
using System.Text.RegularExpressions;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// Checks a document against a JSON Schema, as far as those go that are used here: a word of a schema that is not known to it is an error, so
/// that nothing passes unchecked.
/// </summary>
internal sealed class JsonSchema(string schema)
{
    private readonly JsonElement _root = JsonDocument.Parse(schema).RootElement;

    /// <summary>What of a document is not as the schema has it.</summary>
    public List<string> Faults(string document)
    {
        List<string> faults = [];
        Check(JsonDocument.Parse(document).RootElement, _root, "$", faults);
        return faults;
    }

    /// <summary>The properties it names.</summary>
    public IEnumerable<string> Properties => _root.GetProperty("properties").EnumerateObject().Select(property => property.Name);

    private void Check(JsonElement value, JsonElement schema, string at, List<string> faults)
    {
        foreach (JsonProperty word in schema.EnumerateObject())
        {
            if (!Holds(value, word, at, faults)) faults.Add($"{at}: {value.GetRawText()[..Math.Min(60, value.GetRawText().Length)]} is not {word.Name} {word.Value.GetRawText()}");
        }
    }

    private bool Holds(JsonElement value, JsonProperty word, string at, List<string> faults)
    {
        switch (word.Name)
        {
            case "$schema" or "title" or "description" or "definitions":
                return true;
            case "type":
                return word.Value.ValueKind == JsonValueKind.Array ? word.Value.EnumerateArray().Any(type => IsOf(value, type)) : IsOf(value, word.Value);
            case "enum":
                return word.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value));
            case "const":
                return JsonElement.DeepEquals(word.Value, value);
            case "pattern":
                return value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, word.Value.GetString()!); // both are strings
            case "minimum":
                return value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= word.Value.GetDecimal();
            case "required":
                return value.ValueKind != JsonValueKind.Object || word.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "$ref":
                Check(value, Find(word.Value.GetString()!), at, faults);
                return true;
            case "anyOf":
                return word.Value.EnumerateArray().Any(one =>
                {
                    List<string> inner = [];
                    Check(value, one, at, inner);
                    return inner.Count == 0;
                });
            case "properties":
                foreach (JsonProperty property in word.Value.EnumerateObject())
                {
                    if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(property.Name, out JsonElement member)) Check(member, property.Value, $"{at}.{property.Name}", faults);
                }

                return true;
            case "items":
                int index = 0;
                foreach (JsonElement item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default) Check(item, word.Value, $"{at}[{index++}]", faults);
                return true;
            default:
                throw new NotSupportedException($"the schema says {word.Name}, which is not checked here");
        }
    }

    private JsonElement Find(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(_root, (element, name) => element.GetProperty(name));

    private static bool IsOf(JsonElement value, JsonElement type) => (type.GetString(), value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
        ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
        _ => false,
    };
}
