using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Export.Pcapng;

/// <summary>
/// What is said of a packet's drop, in words that a display filter finds (<c>frame.comment contains "reason=NO_SOCKET"</c>); what is not known is
/// left out.
/// <code>reason=NO_SOCKET function=__udp4_lib_rcv driver=e1000 interface=eth0 netns=4026531840 cpu=1 drop=655</code>
/// </summary>
/// <param name="drops">Where the drop is taken from; <c>drop=</c> is its id there.</param>
internal sealed class PacketComment(DropRows drops)
{
    private readonly (string Word, int Column)[] _words =
    [
        ("reason", drops["reason"]), ("function", drops["function"]), ("module", drops["module"]), ("driver", drops["driver"]),
        ("interface", drops["interface"]), ("netns", drops["netns"]), ("cpu", drops["cpu"]), ("drop", drops["id"]),
    ];

    private readonly StringBuilder _text = new();

    /// <summary>Of the current drop.</summary>
    public string Of()
    {
        _text.Clear();
        foreach ((string word, int column) in _words)
        {
            if (drops.Row.Text(column) is { } value)
            {
                _text.Append(_text.Length > 0 ? " " : "").Append(word).Append('=').Append(Visible.Text(value));
            }
        }

        return _text.ToString();
    }
}
