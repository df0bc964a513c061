import { Skeleton } from '@mantine/core';
import { PageStack } from '../../ui/section.tsx';
import { TilesSkeleton } from '../../ui/states.tsx';

/** The page's own shape while the first sums are on their way. */
export function UsageSkeleton() {
  return (
    <PageStack>
      <TilesSkeleton heightPx={110} />
      <Skeleton height={330} radius="md" />
      <Skeleton height={300} radius="md" />
    </PageStack>
  );
}
