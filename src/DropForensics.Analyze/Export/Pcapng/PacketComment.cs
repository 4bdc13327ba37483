using System.Text;
using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Export.Pcapng;

/// <summary>
/// What is said of a packet's drop, in words that a display filter finds (<c>frame.comment contains "reason=NO_SOCKET"</c>); what is not known is
/// left out.
/// A packet on its way through the host has the interface it came in through as well: <c>from=eth1 interface=eth0</c>.
/// <code>reason=NO_SOCKET function=__udp4_lib_rcv driver=e1000 interface=eth0 netns=4026531840 cpu=1 drop=655</code>
/// </summary>
/// <param name="drops">Where the drop is taken from; <c>drop=</c> is its id there.</param>
/// <param name="links">The interfaces by id.</param>
internal sealed class PacketComment(DropRows drops, IReadOnlyDictionary<long, LinkRow> links)
{
    private readonly (string Word, int Column)[] _words =
    [
        ("reason", drops["reason"]), ("function", drops["function"]), ("module", drops["module"]), ("driver", drops["driver"]),
        ("interface", drops["interface"]), ("netns", drops["netns"]), ("cpu", drops["cpu"]), ("drop", drops["id"]),
    ];

    private readonly int _interface = drops["interface"], _ifIndex = drops["ifindex"], _netns = drops["netns"], _iif = drops["iif"];
    private readonly LinkNames _names = new(links, links.Keys);
    private readonly StringBuilder _text = new();

    /// <summary>Of the current drop.</summary>
    public string Of()
    {
        _text.Clear();
        foreach ((string word, int column) in _words)
        {
            if (drops.Row.Text(column) is { } value)
            {
                if (column == _interface && drops.Row.Number(_iif) is { } from && from != drops.Row.Number(_ifIndex))
                {
                    _text.Append(_text.Length > 0 ? " " : "").Append("from=").Append(_names.ByIndex(drops.Row.Number(_netns), from).Replace(' ', '-'));
                }

                _text.Append(_text.Length > 0 ? " " : "").Append(word).Append('=').Append(Visible.Text(value));
            }
        }

        return _text.ToString();
    }
}
