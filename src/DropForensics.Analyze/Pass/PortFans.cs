using System.Numerics;
using System.Runtime.InteropServices;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Pass;

/// <summary>
/// Finds pairs of hosts of which one sent to many ports of the other, among very many flows. A pair has 64 bits, a port sets the one that its hash chooses, and
/// the number of set bits estimates the number of ports. No address becomes text.
/// </summary>
internal static class PortFans
{
    // Twenty ports set 17 bits on the average, and fewer than these in a few of a thousand cases.
    private const int LeastBits = 13;

    /// <summary>Past this many pairs those with one port so far are forgotten: a pair with many has more by then.</summary>
    private const int MostPairs = 1 << 18;

    private const string Sql = "SELECT id, ip_protocol, src, dst, dport FROM flow WHERE dport IS NOT NULL AND ip_protocol IN (6, 17)";

    /// <summary>The first flow of each such pair, those with the most ports first.</summary>
    public static IReadOnlyList<long> FirstFlows(SqliteConnection connection, int most)
    {
        Dictionary<(int Hosts, long Protocol), (long First, ulong Ports)> pairs = [];
        SqlRows.Read(connection, Sql, row =>
        {
            var hosts = new HashCode();
            hosts.AddBytes(raw.sqlite3_column_blob(row, 2));
            hosts.Add(0); // between the two
            hosts.AddBytes(raw.sqlite3_column_blob(row, 3));
            ref (long First, ulong Ports) pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (hosts.ToHashCode(), raw.sqlite3_column_int64(row, 1)), out bool seen);
            if (!seen) pair.First = raw.sqlite3_column_int64(row, 0);
            // The upper six bits of a product with 2^32 divided by the golden ratio (Fibonacci hashing).
            pair.Ports |= 1UL << (int)((uint)(raw.sqlite3_column_int(row, 4) * 0x9E3779B1) >> 26);
            if (!seen && pairs.Count > MostPairs)
            {
                foreach (((int Hosts, long Protocol) key, (_, ulong ports)) in pairs)
                {
                    if (BitOperations.PopCount(ports) == 1) pairs.Remove(key); // removing while enumerating is allowed
                }
            }
        });
        return pairs.Values.Where(p => BitOperations.PopCount(p.Ports) >= LeastBits)
            .OrderByDescending(p => BitOperations.PopCount(p.Ports)).ThenBy(p => p.First).Take(most).Select(p => p.First).ToList();
    }
}
