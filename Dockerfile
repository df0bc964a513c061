# The headless server. Written from documentation and not built where the project was made: there was no Docker there.
#
#   docker build -t omniroute .
#   docker run -d -p 127.0.0.1:20128:20128 -v omniroute:/data -e OMNIROUTE_MASTER_KEY=… omniroute
#
# The first start prints a one-time link for the password (docker logs); INITIAL_PASSWORD sets it instead. A container has
# no keychain: OMNIROUTE_MASTER_KEY seals the secrets, else a key file is made in /data beside what it seals.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs its install script.
RUN npm ci --omit=dev --ignore-scripts
COPY . .
RUN node build/run.mjs build
# At run time only the native packages are loaded; everything else is inside the bundle.
RUN mkdir -p /out/node_modules \
  && cp -r dist /out/dist && rm -rf /out/dist/main /out/dist/preload && find /out/dist -name '*.map' -delete \
  && cp -r node_modules/better-sqlite3 node_modules/keytar /out/node_modules/ \
  && rm -rf /out/node_modules/*/src /out/node_modules/*/deps \
  && cp package.json LICENSE /out/ \
  && mkdir /data

FROM node:24-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data HOSTNAME=0.0.0.0 PORT=20128
WORKDIR /app
COPY --from=build /out ./
COPY --from=build --chown=node:node /data /data
USER node
VOLUME /data
EXPOSE 20128
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "dist/headless.mjs"]
