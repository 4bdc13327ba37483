using System.Buffers.Binary;
using DropForensics.Core.Packets;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// The fields of a probe's line that are understood, by the names our own definitions give them. The first of a name counts: text
/// stands last in those definitions, and may look like anything, <c>comm="x" ifindex=9 y="</c>.
/// </summary>
internal ref struct ProbeFields
{
    // include/linux/proc_ns.h: ns.inum counts up from PROC_DYNAMIC_FIRST, 0xF0000000; the first namespaces have fixed numbers just
    // below it, from 6.18 on the network namespace too (0xEFFFFFF9).
    private const ulong LowestNamespace = 0xEFFF_FFF0;

    private static ReadOnlySpan<byte> CommMark => " comm=\""u8;

    private ulong? _device, _deviceAgain, _ifIndex, _netns, _iif, _length, _protocol, _protocolBigEndian;
    private ReadOnlySpan<byte> _name, _nameWords, _reason, _location, _comm;

    /// <summary>Address of the packet.</summary>
    public ulong? Skb { get; private set; }

    /// <summary>How many hold the packet.</summary>
    public ulong? Users { get; private set; }

    /// <summary>Reads all fields; false where they are none.</summary>
    /// <param name="text">What follows the place in parentheses, with its leading blank.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out ProbeFields fields)
    {
        fields = default;
        ReadOnlySpan<byte> rest = text;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> before = rest;
            if (IsClosingComm(rest))
            {
                fields._comm = fields._comm.IsEmpty ? rest[(CommMark.Length - 1)..] : fields._comm;
                return true;
            }
            if (ProbeField.TryTake(ref rest, out ProbeField field))
                fields.Add(field);
            else
                return fields.TryTakeRestAsComm(text, before);
        }
        return true;
    }

    /// <summary>The words of the interface's name, where they are believed to be one; empty otherwise.</summary>
    public readonly ReadOnlySpan<byte> BelievedNameWords => IsDevice(out _) ? _nameWords : [];

    public readonly DropArguments Describe(ReadOnlySpan<byte> @event, ReadOnlySpan<byte> text)
    {
        bool hasDevice = IsDevice(out DeviceName name);
        return new DropArguments
        {
            Event = @event,
            EtherType = (int?)_protocol ?? SwappedProtocol(),
            Location = LocationOf(_location),
            Reason = _reason,
            Comm = Unquoted(_comm),
            Device = hasDevice ? name : default,
            IfIndex = hasDevice ? (int)_ifIndex.GetValueOrDefault() : 0,
            Netns = hasDevice ? (long)_netns.GetValueOrDefault() : 0,
            IncomingIfIndex = _iif is > 0 and <= int.MaxValue ? (int)_iif : null,
            Length = _length is <= int.MaxValue ? (int)_length : null,
            Fields = text,
        };
    }

    private void Add(in ProbeField field)
    {
        ReadOnlySpan<byte> name = field.Name;
        if (field.TryNumber(out ulong number))
            AddNumber(name, number);
        if (_reason.IsEmpty && name.SequenceEqual("reason"u8) && IsNumber(field.Value))
            _reason = field.Value;
        else if (_location.IsEmpty && name.SequenceEqual("loc"u8))
            _location = field.Value;
        else if (_name.IsEmpty && name.SequenceEqual("dev"u8))
            _name = field.Value;
        else if (_nameWords.IsEmpty && name.SequenceEqual("pktdev"u8))
            _nameWords = field.Value;
        else if (_comm.IsEmpty && name.SequenceEqual("comm"u8))
            _comm = field.Value;
    }

    private void AddNumber(ReadOnlySpan<byte> name, ulong number)
    {
        if (name.SequenceEqual("skb"u8))
            Skb ??= number;
        else if (name.SequenceEqual("users"u8))
            Users ??= number;
        else if (name.SequenceEqual("protocol"u8))
            _protocol ??= number <= ushort.MaxValue ? number : null;
        else if (name.SequenceEqual("protocol_be"u8))
            _protocolBigEndian ??= number;
        else if (name.SequenceEqual("len"u8))
            _length ??= number;
        else if (name.SequenceEqual("devp"u8))
            _device ??= number;
        else if (name.SequenceEqual("devq"u8))
            _deviceAgain ??= number;
        else if (name.SequenceEqual("ifindex"u8))
            _ifIndex ??= number;
        else if (name.SequenceEqual("netns"u8))
            _netns ??= number;
        else if (name.SequenceEqual("iif"u8))
            _iif ??= number;
    }

    // A name that is the last field. A task may call itself x" users=2 y=", and none of that is a field: not even the first of its name.
    private static bool IsClosingComm(ReadOnlySpan<byte> rest) =>
        rest.StartsWith(CommMark) && rest.Length > CommMark.Length && rest.Length <= CommMark.Length + TraceHeader.DashColumn && rest[^1] == '"';

    // A task may call itself x" y, and then the fields seem to go on behind its name: all of it is the name. One with a newline in it
    // may be cut there.
    private bool TryTakeRestAsComm(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> mark = CommMark;
        if (_comm.IsEmpty)
        {
            bool opens = rest.StartsWith(mark) && rest.Length <= mark.Length + TraceHeader.DashColumn;
            _comm = opens ? rest[(mark.Length - 1)..] : [];
            return opens;
        }
        int at = text.IndexOf(mark);
        if (at < 0 || text.Length - at > mark.Length + TraceHeader.DashColumn)
            return false;
        _comm = text[(at + mark.Length - 1)..];
        return true;
    }

    /// <summary>
    /// Whether <c>skb->dev</c> pointed to an interface. The kernel does not say when a number could not be fetched: what stands there is
    /// left over from another event. And dev shares its place with other members, so it may be anything at all. An interface's own transmit
    /// queue points back to it, <c>devq</c>, and nothing else does; a name as text is <c>(fault)</c> where it could not be fetched.
    /// </summary>
    private readonly bool IsDevice(out DeviceName name)
    {
        name = _nameWords.IsEmpty ? DeviceName.FromText(Unquoted(_name)) : DeviceName.FromWords(_nameWords);
        return name.Length > 0 && _device >= KernelAddress.Lowest && (_nameWords.IsEmpty || _deviceAgain == _device)
            && _ifIndex is > 0 and <= int.MaxValue && _netns is >= LowestNamespace and <= uint.MaxValue;
    }

    private readonly int? SwappedProtocol() =>
        _protocolBigEndian is <= ushort.MaxValue ? BinaryPrimitives.ReverseEndianness((ushort)_protocolBigEndian) : null;

    // An address that the probe did not name, or the kernel could not.
    private static ReadOnlySpan<byte> LocationOf(ReadOnlySpan<byte> text) =>
        !text.StartsWith("0x"u8) && PrintedSymbol.TryParse(text, out PrintedSymbol symbol) && !symbol.Name.IsEmpty && symbol.Name[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9'))
            ? symbol.Text : [];

    // Empty for "(fault)".
    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] == '"' ? (text.Length > 1 && text[^1] == '"' ? text[1..^1] : text[1..]) : [];

    // Of any base and sign, not "(fault)".
    private static bool IsNumber(ReadOnlySpan<byte> value) => !value.TrimStart((byte)'-').ContainsAnyExcept(EventText.Name);
}
