using System.Globalization;
using System.Runtime.InteropServices;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>
/// BPF programs attached by tcx (Linux 6.6), which rtnetlink does not list: the file <c>tcx.tsv</c> of the network namespace that the calling thread is in, asked
/// for with bpf's BPF_PROG_QUERY, which changes nothing (include/uapi/linux/bpf.h).
/// </summary>
internal static unsafe class TcxTable
{
    public const string Path = "tcx.tsv";

    private const int ProgramQuery = 16, NoEntry = Libc.ENoEntry;
    private const uint Ingress = 46, Egress = 47;
    private const int MostPrograms = 64, MostAsked = 500, MostBytes = 32 * 1024;

    /// <summary>The table, without rows where nothing is attached.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static byte[] Read(IReadOnlyList<LinkState> links)
    {
        var table = new TsvTable(MostBytes, "interface", "direction", "program");
        foreach (LinkState? link in links.Take(MostAsked))
        {
            // A kernel that does not know the way of attaching has none.
            if (!TryAdd(table, link, Ingress, "ingress") || !TryAdd(table, link, Egress, "egress")) return table.Bytes();
        }

        if (links.Count > MostAsked) table.Remark($"{links.Count - MostAsked} more interfaces were not asked about");
        return table.Bytes();
    }

    private static bool TryAdd(TsvTable table, LinkState link, uint way, string direction)
    {
        uint* programs = stackalloc uint[MostPrograms];
        Query query = new() { IfIndex = link.Index, Way = way, Programs = (ulong)programs, Count = MostPrograms };
        if (Libc.Bpf(ProgramQuery, &query, sizeof(Query)) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.EInval: return false;
                case NoEntry or Libc.ENoDev: return true;   // no program, or no interface any more
                case Libc.ENoSpace:
                    table.Remark($"{link.Name} has more programs than {MostPrograms} on {direction}");
                    break;
                default: throw new IOException($"bpf: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        for (int i = 0; i < Math.Min(query.Count, MostPrograms); i++) table.Add(link.Name, direction, programs[i].ToString(CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>The part of union bpf_attr that is for BPF_PROG_QUERY.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Query
    {
        public int IfIndex;
        public uint Way, QueryFlags, AttachFlags;
        public ulong Programs;
        public uint Count, Unused;
        public ulong ProgramFlags, Links, LinkFlags, Revision;
    }
}
