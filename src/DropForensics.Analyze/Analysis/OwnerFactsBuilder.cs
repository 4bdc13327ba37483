using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Who owns the sockets that packets belong to.</summary>
internal static class OwnerFactsBuilder
{
    private const int MostListed = 4;

    public static IReadOnlyList<OwnerFacts> Of(DropPass pass, OwnerIndex index, IReadOnlyList<OwnerRow> rows, long drops)
    {
        if (pass.Sites.Keys.All(key => key.Owner == OwnerIndex.None))
        {
            return [];
        }

        ILookup<int, OwnerRow> byNumber = rows.ToLookup(row => index.NumberOf(row.Id));
        return pass.Sites.GroupBy(site => site.Key.Owner, site => site.Value.Drops)
            .Select(group => Facts(group.Key, [.. byNumber[group.Key]], group.Sum()))
            .OrderByDescending(owner => owner.Drops).ThenBy(owner => owner.Name, StringComparer.Ordinal)
            .ToList();

        OwnerFacts Facts(int number, List<OwnerRow> its, long count)
        {
            string? name = index.NameOf(number);
            List<string> names = [.. its.Select(row => row.Name).Distinct()];
            if (names.Count != 1)
            {
                return new OwnerFacts(name, [], [], count, (double)count / drops) { Others = names.Count };
            }

            return new OwnerFacts(
                name, [.. its.Select(row => row.Path).OfType<string>().Distinct().Take(MostListed).Select(Visible.Text)],
                [.. its.Select(row => row.Uid).Distinct().Order().Take(MostListed)], count, (double)count / drops)
            {
                Unit = Shown(its[0].Unit),
                Container = Shown(its[0].Container),
                Pod = Shown(its[0].Pod),
            };
        }
    }

    private static string? Shown(string? text) => text is null ? null : Visible.Text(text);
}
