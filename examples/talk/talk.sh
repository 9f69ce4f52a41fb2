# The commands of the talk, in their order. Type them one by one in a Swarm terminal, or run the whole file there.

# An encrypted overlay network. (In the talk --subnet has no prefix length; with /24 it is right.)
docker network create \
  -d overlay collabnet \
  --subnet 10.0.3.0/24 \
  --opt encrypted

# A service without a virtual IP: its name resolves to the addresses of all its tasks.
docker service create \
  --endpoint-mode dnsrr \
  --name wordpressapp \
  --replicas 5 \
  --network collabnet \
  nginx

# The same with a virtual IP and a published port: its name resolves to one address.
docker service rm wordpressapp
docker service create \
  --name wordpressapp \
  --replicas 5 \
  --publish 80:80/tcp \
  --network collabnet \
  nginx
docker service inspect \
  --format="{{json .Endpoint.VirtualIPs}}" \
  wordpressapp
docker service rm wordpressapp # port 80 is for the proxy from here on

# The cluster with a proxy: two networks, and go-demo is on both of them.
docker network create -d overlay proxy
docker network create -d overlay go-demo

docker service create \
  --name go-demo-db \
  --network go-demo \
  --reserve-memory 100m \
  mongo

docker service create \
  --name go-demo \
  -e DB=go-demo-db \
  --network go-demo \
  --network proxy \
  --reserve-memory 50m \
  vfarcic/go-demo

# A debugging container on every node, and the names as it sees them.
docker service create \
  --name util \
  --network go-demo \
  --network proxy \
  --mode global \
  alpine \
  sleep 1000000000
docker service ps util
ID=$(docker ps -q --filter label=com.docker.swarm.service.name=util)
docker exec -it $ID apk add --update drill
docker exec -it $ID drill go-demo
docker exec -it $ID drill go-demo-db

docker service scale go-demo=5

# Consul, and the proxy that keeps its routes there.
wget https://raw.githubusercontent.com/vfarcic/docker-flow-proxy/master/docker-compose.yml
export DOCKER_IP=$(docker-machine ip swarm-1)
docker-compose up -d consul-server

docker service create \
  --name proxy \
  -p 80:80 \
  -p 443:443 \
  -p 8080:8080 \
  --network proxy \
  -e MODE=swarm \
  --replicas 3 \
  -e CONSUL_ADDRESS=$(docker-machine ip swarm-1):8500 \
  vfarcic/docker-flow-proxy
curl "$(docker-machine ip swarm-1):8080/v1/docker-flow-proxy/reconfigure?serviceName=go-demo&servicePath=/demo&port=8080"
curl -i "$(docker-machine ip swarm-1)/demo/hello"

# A rolling upgrade.
docker service update \
  --image vfarcic/go-demo:1.1 \
  --update-delay 5s \
  go-demo
docker service ps go-demo

# Aliases for long commands. (In the talk drmai lacks the -q: docker rmi wants names or IDs, not a table.)
alias drmai='docker rmi $(docker images -aq)'
alias drdefault='eval "$(docker-machine env default)"'
alias drit="docker exec -it"
