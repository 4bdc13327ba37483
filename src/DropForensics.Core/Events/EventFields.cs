using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The arguments of any event as a JSON object: <c>family=AF_INET sport=80 state=TCP_ESTABLISHED</c> becomes
/// <c>{"family":"AF_INET","sport":"80","state":"TCP_ESTABLISHED"}</c>. A value ends at the next name; the text before the first name becomes
/// <c>text</c>. If a name repeats, its first field is kept.
/// </summary>
internal static class EventFields
{
    private const string Unnamed = "text";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads them.</summary>
    /// <param name="arguments">The line's text after the event's name and colon.</param>
    public static string Of(ReadOnlySpan<byte> arguments)
    {
        arguments = arguments.Trim((byte)' ');
        HashSet<string> names = [];
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            int name = NextName(arguments, 0, out int equals);
            Write(json, names, Unnamed, arguments[..(name < 0 ? arguments.Length : name)]);
            while (name >= 0)
            {
                int next = NextName(arguments, equals + 1, out int nextEquals);
                Write(json, names, TraceText.Of(arguments[name..equals]), arguments[(equals + 1)..(next < 0 ? arguments.Length : next)]);
                (name, equals) = (next, nextEquals);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, HashSet<string> names, string name, ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        if (value.EndsWith(" ==>"u8)) // between the two halves of sched_switch
            value = value[..^" ==>".Length];
        value = value.TrimEnd((byte)',');
        if ((name == Unnamed && value.IsEmpty) || !names.Add(name))
            return;
        json.WriteString(name, TraceText.Of(value));
    }

    // A name is at the start or after a blank, before a '=' that is not part of '=='; never within quotes.
    private static int NextName(ReadOnlySpan<byte> text, int from, out int equals)
    {
        if (from < text.Length && text[from] == '"' && text[(from + 1)..].IndexOf("\" "u8) is >= 0 and int quote)
            from += quote + 2;
        else if (from < text.Length && text[from] == '"' && text.EndsWith("\""u8))
            from = text.Length;
        for (equals = from; text[equals..].IndexOf((byte)'=') is >= 0 and int at; equals++)
        {
            equals += at;
            int start = text[..equals].LastIndexOfAnyExcept(TraceText.NameBytes) + 1;
            bool isName = start < equals && start >= from && (start == 0 || text[start - 1] == ' ') && (equals + 1 == text.Length || text[equals + 1] != '=');
            if (isName)
                return start;
        }

        equals = -1;
        return -1;
    }
}
