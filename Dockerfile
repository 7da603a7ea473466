# The newest long-term Node line; the relay runs on 20.19 and newer.
ARG NODE=24

# The full image has the compiler that better-sqlite3 needs where no ready-made binary of it can be fetched.
FROM node:${NODE}-bookworm AS build
WORKDIR /app
# node-gyp finds the headers beside node, it need not download them
ENV npm_config_nodedir=/usr/local
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY .ci/server.mjs .ci/console.mjs ./.ci/
COPY src ./src
RUN node .ci/server.mjs dist \
 && node .ci/console.mjs dist/console/app \
 && npm prune --omit=dev \
 && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
 && find node_modules/better-sqlite3/build -type f ! -name better_sqlite3.node -delete

FROM node:${NODE}-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    ALERTA_RELAY_CONFIG=/etc/alerta-relay/relay.yaml \
    DATABASE_URL=sqlite:/data/relay.db
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# The image's own unprivileged user; a volume made from an empty directory takes over its owner.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# Expects `listen: 0.0.0.0:8080` (or [::]:8080) in the configuration.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/management/gtg').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
