using System.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Renders the part of an event's line after its head, from the event's own format: <c>kfree_skb: skbaddr=…</c>,
/// <c>drop: (skb.kfree_skb) skb=…</c>, or of the function tracer <c>ip_rcv &lt;-ip_sublist_rcv</c>.
/// </summary>
internal sealed class EventBody
{
    private readonly byte[] _name;
    private readonly PrintTemplate? _template;
    private readonly (EventField Ip, EventField Parent)? _function;

    private EventBody(int id, byte[] name, PrintTemplate template) => (Id, _name, _template) = (id, name, template);

    private EventBody(int id, EventField ip, EventField parent) => (Id, _name, _function) = (id, [], (ip, parent));

    /// <summary>The event's number, with which its records begin.</summary>
    public int Id { get; }

    /// <param name="format">The event's.</param>
    /// <param name="attachedTo">The event that its lines name as its source; null unless it is an eprobe.</param>
    /// <param name="hashesPointers">The instance hashes <c>%p</c>.</param>
    /// <param name="refusal">The reason if null is returned.</param>
    public static EventBody? TryMake(EventFormat format, string? attachedTo, bool hashesPointers, out string refusal)
    {
        refusal = "";
        if (format.Name == "function" && format.Find("ip") is { } ip && format.Find("parent_ip") is { } parent)
            return new EventBody(format.Id, ip, parent);
        PrintTemplate? template = PrintTemplate.TryMake(format, out string what);
        refusal = template is null ? $"its lines cannot be made from its records ({what})" : template.PrintsPointers && hashesPointers ? "its text shows addresses hashed" : "";
        string attached = attachedTo is null ? "" : $"({attachedTo})";
        return template is null || refusal.Length > 0 ? null : new EventBody(format.Id, Encoding.Latin1.GetBytes($"{format.Name}: {attached}"), template);
    }

    /// <summary>False if the record does not match its format; some text may have been appended already.</summary>
    public bool TryAppend(LineBuffer line, ReadOnlySpan<byte> record, KernelSymbols symbols)
    {
        if (_template is not null)
        {
            line.Append(_name);
            return _template.TryAppend(line, record, symbols);
        }

        if (_function is not { } function || !function.Ip.TryRead(record, 0, out ulong ip) || !function.Parent.TryRead(record, 0, out ulong parent))
            return false;
        line.Append(symbols.Of(ip));
        line.Append(" <-"u8);
        line.Append(symbols.Of(parent));
        return true;
    }
}
