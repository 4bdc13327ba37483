using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Rules;

/// <summary>
/// A table of iptables (the older kind, which is not nf_tables underneath) as the kernel has it: one block of entries, each a rule with its counter
/// (include/uapi/linux/netfilter_ipv4/ip_tables.h, netfilter_ipv6/ip6_tables.h, netfilter/x_tables.h). Numbers are in the host's order.
/// </summary>
/// <param name="family"><c>ip</c> or <c>ip6</c>.</param>
internal sealed unsafe class IpTables(string family)
{
    private const int NameSize = 32, Hooks = 5, MostBytes = 8 << 20;
    private static readonly string[] Chains = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    /// <summary><c>ip</c> or <c>ip6</c>.</summary>
    public string Family => family;

    private bool IsIpv6 => family == "ip6";

    /// <summary>The file that lists the tables of a namespace; it is there only if the kernel's module is.</summary>
    public string NamesPath => IsIpv6 ? "/proc/thread-self/net/ip6_tables_names" : "/proc/thread-self/net/ip_tables_names";

    /// <summary>The chains of a table, each with its rules; null where it is larger than what is read.</summary>
    /// <param name="table">Of those listed: to ask for another may make the kernel load a module.</param>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public IReadOnlyList<IpChain>? Read(string table)
    {
        const int GetInfo = 64, GetEntries = 65, InfoSize = 84, EntriesAt = 40, SizeInInfo = 80;
        const int Inet = 2, Inet6 = 10, Raw = 3, CloseOnExec = 0x80000, RawProtocol = 255, IpLevel = 0, Ipv6Level = 41;
        int socket = Libc.Socket(IsIpv6 ? Inet6 : Inet, Raw | CloseOnExec, RawProtocol);
        if (socket < 0) throw new IOException($"socket: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            byte[] info = new byte[InfoSize];
            Encoding.ASCII.GetBytes(table, info.AsSpan(0, NameSize - 1));
            Ask(socket, IsIpv6 ? Ipv6Level : IpLevel, GetInfo, info);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(info.AsSpan(SizeInInfo));
            if (size > MostBytes) return null;

            // It fails if the table has changed its size by now.
            byte[] entries = new byte[EntriesAt + size];
            info.AsSpan(0, NameSize).CopyTo(entries);
            BinaryPrimitives.WriteUInt32LittleEndian(entries.AsSpan(NameSize), size);
            Ask(socket, IsIpv6 ? Ipv6Level : IpLevel, GetEntries, entries);
            return Parse(info, entries.AsSpan(EntriesAt));
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    /// <summary>The chains of a block of entries.</summary>
    /// <param name="info">struct ipt_getinfo.</param>
    /// <param name="entries">What follows it.</param>
    internal IReadOnlyList<IpChain> Parse(ReadOnlySpan<byte> info, ReadOnlySpan<byte> entries)
    {
        const int HooksAt = NameSize, EntryOfHook = 36, PolicyOfHook = 56;
        var chains = new List<IpChain>();
        var byName = new Dictionary<string, IpChain>();
        var names = new Dictionary<int, string>();   // of a chain, by the offset of its first rule
        var policies = new Dictionary<int, IpChain>();
        for (int hook = 0; hook < Hooks; hook++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(info[HooksAt..]) >> hook & 1) == 0) continue;
            int start = BinaryPrimitives.ReadInt32LittleEndian(info[(EntryOfHook + (4 * hook))..]);
            var chain = new IpChain(Chains[hook], NfTables.Hook(2, hook));
            names.TryAdd(start, chain.Name);
            byName[chain.Name] = chain;
            policies[BinaryPrimitives.ReadInt32LittleEndian(info[(PolicyOfHook + (4 * hook))..])] = chain;
            chains.Add(chain);
        }

        List<IpEntry> all = Walk(entries);
        foreach (IpEntry? head in all.Where(entry => entry.Target == "ERROR")) names.TryAdd(head.End, head.ErrorName);
        IpChain? current = null;
        foreach (IpEntry entry in all)
        {
            if (names.GetValueOrDefault(entry.Start) is { } name)
            {
                if (!byName.TryGetValue(name, out current)) chains.Add(byName[name] = current = new IpChain(name, null));
            }

            if (policies.GetValueOrDefault(entry.Start) is { } owner)
            {
                (owner.Policy, owner.Packets, owner.Bytes) = (entry.Verdict(names), entry.Packets, entry.Bytes);
                current = null;
            }
            else if (entry.Target != "ERROR")
            {
                current?.Rules.Add(new IpRule(entry.Packets, entry.Bytes, entry.Verdict(names), () => entry.Text(names)));
            }
        }

        // Each chain of a user's own ends with an entry that returns.
        foreach (IpChain? chain in chains.Where(chain => chain is { Hook: null, Rules.Count: > 0 })) chain.Rules.RemoveAt(chain.Rules.Count - 1);
        return chains;
    }

    private List<IpEntry> Walk(ReadOnlySpan<byte> entries)
    {
        var all = new List<IpEntry>();
        for (int at = 0; at < entries.Length;)
        {
            if (IpEntry.TryParse(entries[at..], at, IsIpv6) is not { } entry) break;
            all.Add(entry);
            at = entry.End;
        }

        return all;
    }

    private static void Ask(int socket, int level, int option, byte[] buffer)
    {
        uint length = (uint)buffer.Length;
        fixed (byte* start = buffer)
        {
            if (Libc.GetSockOpt(socket, level, option, start, &length) != 0) throw new IOException($"getsockopt: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}

/// <summary>A chain. Hook and policy are null for one that only other chains jump to; its counter is that of the policy.</summary>
internal sealed class IpChain(string name, string? hook)
{
    public string Name => name;

    public string? Hook => hook;

    public string? Policy { get; set; }

    public long? Packets { get; set; }

    public long? Bytes { get; set; }

    public List<IpRule> Rules { get; } = [];
}

/// <summary>A rule: what it counted, how it ends, and how to write its text as <c>iptables -S</c> does, as far as its matches are known here.</summary>
internal sealed record IpRule(long Packets, long Bytes, string? Verdict, Func<string> Write);
