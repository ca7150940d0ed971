# Builds the program and the one native module, then leaves the toolchain behind.
ARG NODE=20-bookworm-slim

FROM node:${NODE} AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
# No package runs a script of its own but better-sqlite3, which is compiled here against the headers of this Node.
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && npm_config_build_from_source=true npm_config_nodedir=/usr/local npm rebuild better-sqlite3
COPY . .
RUN npm run build:bin
# dist has everything inside but better-sqlite3 and the two packages by which that finds its binary.
RUN mkdir -p /out/node_modules/better-sqlite3/build/Release \
  && cp -r dist package.json LICENSE /out/ \
  && cp -r node_modules/bindings node_modules/file-uri-to-path /out/node_modules/ \
  && cp -r node_modules/better-sqlite3/package.json node_modules/better-sqlite3/LICENSE node_modules/better-sqlite3/lib \
    /out/node_modules/better-sqlite3/ \
  && cp node_modules/better-sqlite3/build/Release/better_sqlite3.node /out/node_modules/better-sqlite3/build/Release/

FROM node:${NODE}
# The sandbox refuses production, so that it cannot be run by forgetting a variable.
ENV NODE_ENV=production \
  DATABASE_URL=sqlite:/data/verifyhuman-dropin.db
WORKDIR /app
COPY --from=build /out ./
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 3000
# The program handles SIGTERM itself and starts no other process, so it needs no init; `docker run --init` does no harm.
# It may take 20 s to end: docker stop -t 30.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/bin.js", "serve"]
