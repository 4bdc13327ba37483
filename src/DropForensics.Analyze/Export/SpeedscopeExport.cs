using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Export;

/// <summary>
/// The stacks for speedscope.app (its file-format-schema.json): one sampled profile, in which each distinct stack is a sample and
/// its drops the weight.
/// </summary>
internal static class SpeedscopeExport
{
    private const int FlushBytes = 1 << 15;

    /// <param name="tree">The stacks.</param>
    /// <param name="name">The name shown for the file.</param>
    /// <param name="output">Takes the document.</param>
    public static void Write(StackTree tree, string name, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", $"DropForensics {ProductVersion.Number}");
        json.WriteString("name", Visible.Text(name));
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (string frame in tree.Names)
        {
            json.WriteStartObject();
            json.WriteString("name", frame);
            json.WriteEndObject();
            Flush(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        WriteProfile(json, tree);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteProfile(Utf8JsonWriter json, StackTree tree)
    {
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", "drops");
        json.WriteString("unit", "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", tree.Drops);
        json.WriteStartArray("samples");
        foreach ((int[] path, _) in tree.Paths())
        {
            json.WriteStartArray();
            foreach (int frame in path)
            {
                json.WriteNumberValue(frame);
            }

            json.WriteEndArray();
            Flush(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach ((_, long drops) in tree.Paths())
        {
            json.WriteNumberValue(drops);
            Flush(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Flush(Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushBytes)
        {
            json.Flush();
        }
    }
}
