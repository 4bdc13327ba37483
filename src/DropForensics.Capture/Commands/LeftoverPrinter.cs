using System.Text.Json;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core.Commands;

namespace DropForensics.Capture.Commands;

/// <summary>Prints the leftovers in tracefs as text, or as one JSON document.</summary>
internal static class LeftoverPrinter
{
    public static void WriteText(IReadOnlyList<Leftover> found, TextWriter output)
    {
        if (found.Count == 0) output.WriteLine("Tracefs holds no leftovers of a capture.");
        foreach (Leftover each in found)
        {
            string by = each.By is not { } who ? "" : each.State == LeftoverState.InUse ? $" by {Printable.Of(who)}" : $": {Printable.Of(who)}";
            output.WriteLine($"{Word(each.State),-8}  {each.Kind} {Printable.Of(each.Name)}{by}");
        }
    }

    /// <summary>The document of <c>--json</c>; names stay.</summary>
    public static void WriteJson(IReadOnlyList<Leftover> found, bool isDryRun, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("dry_run", isDryRun);
            json.WriteStartArray("found");
            foreach (Leftover each in found)
            {
                json.WriteStartObject();
                json.WriteString("kind", each.Kind);
                json.WriteString("name", each.Name);
                json.WriteString("state", Word(each.State).Replace(' ', '_'));
                json.WriteString("by", each.By);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(JsonText.Readable(System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
    }

    private static string Word(LeftoverState state) => state switch
    {
        LeftoverState.Removed => "removed",
        LeftoverState.Idle => "idle",
        LeftoverState.InUse => "in use",
        _ => "refused",
    };
}
