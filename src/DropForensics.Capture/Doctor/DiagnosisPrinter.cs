using System.Text.Json;
using DropForensics.Capture.Host;
using DropForensics.Core.Commands;

namespace DropForensics.Capture.Doctor;

/// <summary>Prints a diagnosis as a table, or as one JSON document.</summary>
internal static class DiagnosisPrinter
{
    public static void WriteText(Diagnosis diagnosis, TextWriter output)
    {
        output.WriteLine(Printable.Of(diagnosis.Host));
        output.WriteLine();
        (int names, int states) = (diagnosis.Checks.Max(check => check.Name.Length), diagnosis.Checks.Max(check => NameOf(check.State).Length));
        foreach (Check check in diagnosis.Checks)
        {
            output.WriteLine($"  {check.Name.PadRight(names)}  {NameOf(check.State).PadRight(states)}  {Printable.Of(check.Finding)}");
            if (check.Remedy is { } remedy) output.WriteLine($"  {new string(' ', names + states + 2)}  -> {Printable.Of(remedy)}");
        }

        output.WriteLine();
        output.WriteLine(diagnosis.Command is { } command
            ? $"Recommended: {Printable.Of(command)}"
            : $"No capture is possible here. Problems: {string.Join(", ", diagnosis.Obstacles.Select(check => check.Name))}.");
    }

    /// <summary>The document of <c>--json</c>; names stay.</summary>
    public static void WriteJson(Diagnosis diagnosis, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("host", diagnosis.Host);
            json.WriteBoolean("possible", diagnosis.Command is not null);
            json.WriteString("command", diagnosis.Command);
            json.WriteStartArray("checks");
            foreach (Check check in diagnosis.Checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteString("state", NameOf(check.State));
                json.WriteBoolean("needed", check.IsNeeded);
                json.WriteString("finding", check.Finding);
                json.WriteString("remedy", check.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(JsonText.Readable(System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
    }

    private static string NameOf(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Limited => "limited",
        CheckState.No => "no",
        _ => "unknown",
    };
}
