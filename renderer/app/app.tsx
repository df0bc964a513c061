/** The application: theme, direction, data, notices, and behind them the gate and the frame with its pages. */
import { DirectionProvider, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Router } from 'wouter';
import { queryClient } from '../api.ts';
import { directionOf } from '../ui/languages.ts';
import { usePlace, usePlaceSearch } from '../ui/location.ts';
import { Announcer } from './announcer.tsx';
import { Gate } from './gate.tsx';
import { cssVariables, theme } from './theme.ts';

export function App() {
  const { i18n } = useTranslation();
  const direction = directionOf(i18n.language);
  return (
    <DirectionProvider key={direction} initialDirection={direction} detectDirection={false}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={queryClient}>
          <Announcer />
          <Notifications position="bottom-right" limit={4} />
          <Router hook={usePlace} searchHook={usePlaceSearch}>
            <Gate />
          </Router>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
