using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Report;
using DropForensics.Core.Ledger;
using DropForensics.Tests.CommandLine;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>docs/json.md: the report's document is described by the types that are written, in the words that stand at them.</summary>
public sealed partial class JsonTests
{
    private const string Marker = "<!-- The rest of this page is made from the source: DROPFORENSICS_RECORD=1 dotnet test --filter JsonTests -->\n";

    private static readonly Dictionary<string, XElement> Words = new[] { typeof(JsonReport), typeof(CompletenessLedger) }
        .Select(type => Path.ChangeExtension(type.Assembly.Location, "xml")).SelectMany(file => XDocument.Load(file).Descendants("member"))
        .DistinctBy(member => (string?)member.Attribute("name")).ToDictionary(member => (string)member.Attribute("name")!); // each has a name

    // Where the source says nothing because the name says it all.
    private static readonly Dictionary<string, string> Named = new()
    {
        ["JsonFinding.Id"] = "its kind: `closed-port`, `burst`; at most one finding of each",
        ["JsonFinding.Severity"] = "how bad it is",
        ["JsonFinding.Title"] = "what was found, with its count",
        ["JsonFinding.Meaning"] = "what that means, and how it was inferred",
        ["JsonFinding.Drops"] = "packets concerned, captured or counted",
        ["JsonFinding.Share"] = "share of all captured drops; null if its packets are not among them",
        ["JsonFinding.Causes"] = "usual causes, the most frequent first",
        ["JsonFinding.Checks"] = "what to check next, with known interface, address and port filled in",
        ["JsonFinding.ExampleCpu"] = "CPU of an example in the raw text",
        ["JsonFinding.ExampleLine"] = "its line there: `analyze raw CAPTURE.db --cpu N`",
        ["CaptureFacts.Capture"] = "which capture it is, and how it was made",
        ["CaptureFacts.Window"] = "the time that it covers",
        ["CaptureFacts.Losses"] = "what it knows to be missing",
        ["CaptureFacts.Reasons"] = "drops by reason",
        ["CaptureFacts.Sites"] = "drops by function and reason",
        ["CaptureFacts.Drivers"] = "drops by driver",
        ["CaptureFacts.Entries"] = "drops by the function that passed the packet to the network stack",
        ["CaptureFacts.DistinctServices"] = "how many services there are",
        ["CaptureFacts.Protocols"] = "drops by protocol",
        ["CaptureFacts.Timeline"] = "drops over time",
        ["CaptureFacts.Lines"] = "lines of the text by kind",
        ["CaptureFacts.Unparsed"] = "examples of lines that could not be read",
        ["CaptureFacts.ClockNotes"] = "what the clocks did meanwhile",
        ["CaptureInfo.Uuid"] = "the capture's id",
        ["CaptureInfo.Tool"] = "the program that made it",
        ["CaptureInfo.ToolVersion"] = "its version",
        ["CaptureInfo.CommandLine"] = "its options",
        ["CaptureInfo.HostName"] = "the host",
        ["CaptureInfo.KernelRelease"] = "as `uname -r` prints it",
        ["CaptureInfo.KernelVersion"] = "as `uname -v` prints it",
        ["CaptureInfo.Machine"] = "as `uname -m` prints it",
        ["CaptureInfo.BootId"] = "the boot, by the kernel's random id",
        ["CaptureInfo.CpusOnline"] = "as `/sys/devices/system/cpu/online` has it",
        ["CaptureInfo.Probe"] = "`eprobe`, `tracepoint`, `kprobe`, `function` or `import`",
        ["CaptureInfo.Event"] = "the trace event that reported the drops",
        ["CaptureInfo.Trigger"] = "the trigger that took stacks",
        ["CaptureInfo.TraceOptions"] = "options of the trace instance",
        ["CaptureInfo.TraceClock"] = "the clock of the times",
        ["CaptureInfo.BufferKibPerCpu"] = "ring buffer of each CPU, in KiB",
        ["CaptureInfo.OpenedNs"] = "when the window opened, on that clock",
        ["CaptureInfo.ClosedNs"] = "when it closed",
        ["CaptureInfo.Ended"] = "what ended it",
        ["SiteFacts.Module"] = "the function's kernel module",
        ["InterfaceFacts.IfIndex"] = "its index in that namespace",
        ["ProcessFacts.Pid"] = "the task",
        ["ProcessFacts.Tgid"] = "its thread group",
        ["ProcessFacts.Comm"] = "its name",
        ["LineFacts.Kind"] = "what the lines are",
        ["LineFacts.Lines"] = "how many",
        ["NamedDrops.Name"] = "the name",
    };

    private static readonly Dictionary<string, string> Common = new()
    {
        ["Reason"] = "the kernel's reason",
        ["Subsystem"] = "the subsystem whose reason it is",
        ["Drops"] = "how many drops",
        ["FirstNs"] = "the first of them",
        ["LastNs"] = "the last",
        ["Share"] = "share of all captured drops",
        ["Dst"] = "destination address",
        ["Sport"] = "source port",
        ["Dport"] = "destination port",
        ["Code"] = "ICMP code",
    };

    [Fact]
    public void Each_field_of_the_report_is_described()
    {
        string path = Repository.At("docs", "json.md"), page = File.ReadAllText(path);
        Assert.Contains(Marker, page, StringComparison.Ordinal);
        RecordedFile.Is(path, page[..(page.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)] + Tables());
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        var types = new List<Type> { typeof(JsonReport) };
        var undescribed = new List<string>();
        for (int i = 0; i < types.Count; i++)
        {
            text.Append($"\n### {NameOf(types[i])}\n\n{Summary(types[i])}\n\n| field | type | what it is |\n|---|---|---|\n");
            foreach (PropertyInfo property in types[i].GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsWritten))
            {
                string about = About(types[i], property);
                if (about.Length == 0) undescribed.Add($"{types[i].Name}.{property.Name}");
                text.Append($"| `{Snake(property.Name)}` | {Type(property.PropertyType, types)}{(IsNullable(property) ? " or null" : "")} | {about} |\n");
            }
        }

        Assert.True(undescribed.Count == 0, string.Join(" ", undescribed));
        return text.ToString();
    }

    private static bool IsWritten(PropertyInfo property) => property.GetCustomAttribute<JsonIgnoreAttribute>() is null && property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0;

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null || new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;

    private static string Type(Type type, List<Type> types)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(DateTime) || type == typeof(Guid)) return type == typeof(DateTime) ? "time" : "text";
        if (type == typeof(bool)) return "true, false";
        if (type == typeof(double)) return "number";
        if (type.IsPrimitive) return "whole number";
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type).Select(name => $"`{Snake(name)}`"));
        Type[] generic = [.. type.GetInterfaces().Prepend(type).Where(each => each.IsGenericType)];
        if (generic.FirstOrDefault(each => each.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) is { } map) return $"object: {Type(map.GenericTypeArguments[1], types)} by name";
        if (typeof(IEnumerable).IsAssignableFrom(type)) return $"list: {Type(generic.First(each => each.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GenericTypeArguments[0], types)}";
        if (type == typeof(JsonRow)) return "list of cells";
        if (type == typeof(JsonEvidence)) return "object with `kind`, and what the kind has";
        if (!types.Contains(type)) types.Add(type);
        return $"[{NameOf(type)}](#{NameOf(type).Replace(' ', '-')})";
    }

    private static string NameOf(Type type) => type == typeof(CaptureFacts) ? "facts" : Snake(type.Name.Replace("Json", "").Replace("Facts", "").Replace("Row", "")).Replace('_', ' ');

    private static string Summary(Type type) => Text(Words.GetValueOrDefault($"T:{type.FullName!.Replace('+', '.')}")?.Element("summary"));

    private static string About(Type type, PropertyInfo property)
    {
        string owner = property.DeclaringType!.FullName!.Replace('+', '.'); // a property has one
        if (Text(Words.GetValueOrDefault($"P:{owner}.{property.Name}")?.Element("summary")) is { Length: > 0 } own) return own;
        if (Text(Words.GetValueOrDefault($"T:{owner}")?.Elements("param").FirstOrDefault(each => (string?)each.Attribute("name") == property.Name)) is { Length: > 0 } given) return given;

        // A record's parameters are described at its constructor too.
        string text = Text(Words.Where(each => each.Key.StartsWith($"M:{owner}.#ctor", StringComparison.Ordinal)).SelectMany(each => each.Value.Elements("param"))
            .FirstOrDefault(each => (string?)each.Attribute("name") == property.Name));
        return text.Length > 0 ? text : Named.GetValueOrDefault($"{type.Name}.{property.Name}") ?? Common.GetValueOrDefault(property.Name) ?? "";
    }

    private static string Text(XElement? words)
    {
        if (words is null) return "";
        foreach (XElement code in words.Descendants("c").ToList()) code.ReplaceWith($"`{code.Value}`");
        foreach (XElement see in words.Descendants().Where(each => each.Name == "see" || each.Name == "paramref" || each.Name == "typeparamref").ToList())
            see.ReplaceWith($"`{Snake(((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? "").Split('.', ':')[^1])}`");
        return Spaces().Replace(words.Value, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
